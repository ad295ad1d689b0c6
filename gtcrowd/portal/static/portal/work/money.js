// Add amounts of money as whole thousandths, never as floats.

export function thousandths(amount) {
  const [whole, part = ""] = String(amount).split(".");
  return Number(whole) * 1000 + Number(part.padEnd(3, "0").slice(0, 3));
}

/** Format as the server does: `$0.036`, `$1.20`. */
export function money(thousands) {
  const digits = `${Math.floor(thousands / 1000).toLocaleString("en")}.${String(thousands % 1000).padStart(3, "0")}`;
  return `$${digits.replace(/0$/, "")}`;
}
