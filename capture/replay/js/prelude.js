// Runs in each frame and worker ahead of its own scripts. Moves the clock by
// `offset` milliseconds, so that the page finds the time of its capture, and
// makes Math.random give the same numbers in each replay, by `seed`.
({ offset, seed }) => {
  const mark = Symbol.for("pugmark.replay");
  const RealDate = Date;
  if (RealDate[mark]) return; // a window that is used again has it already
  const now = RealDate.now.bind(RealDate);
  const time = () => now() + offset;
  const set = (object, name, value) =>
    Object.defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false });
  const reget = (object, name, change) => {
    const property = object && Object.getOwnPropertyDescriptor(object, name);
    if (!property || !property.get) return;
    const { get } = property;
    property.get = function () {
      return change(get.call(this));
    };
    Object.defineProperty(object, name, property);
  };

  set(RealDate, "now", { now: () => time() }.now);
  const PageDate = new Proxy(RealDate, {
    construct: (target, args, to) => Reflect.construct(target, args.length ? args : [time()], to),
    apply: () => new RealDate(time()).toString(),
    get: (target, key) => (key === mark ? true : Reflect.get(target, key)),
  });
  set(RealDate.prototype, "constructor", PageDate);
  set(globalThis, "Date", PageDate);

  const shift = (moment) => (moment ? moment + offset : moment);
  reget(Performance.prototype, "timeOrigin", shift);
  if (globalThis.PerformanceTiming) {
    for (const name of Object.keys(PerformanceTiming.prototype)) reget(PerformanceTiming.prototype, name, shift);
  }

  const format = Intl.DateTimeFormat.prototype;
  reget(format, "format", (bound) => (date) => bound(date === undefined ? time() : date));
  const { formatToParts } = format;
  set(format, "formatToParts", function (date) {
    return formatToParts.call(this, date === undefined ? time() : date);
  });

  if (globalThis.Temporal) {
    const { Now, Instant } = Temporal;
    const instant = () => Instant.fromEpochMilliseconds(time());
    const zoned = (zone = Now.timeZoneId()) => instant().toZonedDateTimeISO(zone);
    set(Now, "instant", () => instant());
    set(Now, "zonedDateTimeISO", (zone) => zoned(zone));
    set(Now, "plainDateTimeISO", (zone) => zoned(zone).toPlainDateTime());
    set(Now, "plainDateISO", (zone) => zoned(zone).toPlainDate());
    set(Now, "plainTimeISO", (zone) => zoned(zone).toPlainTime());
  }

  // Mulberry32, by Tommy Ettinger: public domain.
  let state = seed;
  set(Math, "random", () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  });

  // A cookie that the page gives a lifetime by its own clock would have expired.
  const cookie = globalThis.Document && Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
  if (cookie) {
    const { set: write } = cookie;
    cookie.set = function (text) {
      write.call(
        this,
        String(text).replace(/(;\s*expires=)([^;]*)/i, (all, name, date) => {
          const end = RealDate.parse(date);
          return Number.isNaN(end) ? all : name + new RealDate(end - offset).toUTCString();
        }),
      );
    };
    Object.defineProperty(Document.prototype, "cookie", cookie);
  }
}
