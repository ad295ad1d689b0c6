// Icons shared by several elements, as paths in a 20 × 20 square.

export const EYE = "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4";
export const LOCK = "M5 9h10v8H5zM7 9V6a3 3 0 0 1 6 0v3";
