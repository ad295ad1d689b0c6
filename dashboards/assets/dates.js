// Names of days and months in the page's language for Dash's calendar, which has English only. Dash reads window.dateFns in the
// format of date-fns locales and uses the first locale, whatever its name.
(() => {
  const language = document.documentElement.lang;
  if (!language || language === "en") return;
  const WIDTHS = { narrow: "narrow", short: "narrow", abbreviated: "short", wide: "long" };
  const format = (part, date, width) =>
    new Intl.DateTimeFormat(language, { [part]: WIDTHS[width] ?? "long", timeZone: "UTC" }).format(date);
  const page = {
    code: language,
    // 2 January 2000 was a Sunday.
    localize: {
      day: (day, { width } = {}) => format("weekday", Date.UTC(2000, 0, 2 + day), width),
      month: (month, { width } = {}) => format("month", Date.UTC(2000, month, 1), width),
      ordinalNumber: String,
    },
    formatLong: { date: () => "yyyy-MM-dd", time: () => "HH:mm", dateTime: () => "yyyy-MM-dd HH:mm" },
    match: {},
    options: { weekStartsOn: 0, firstWeekContainsDate: 1 },
  };
  window.dateFns = { locale: { page } };
})();
