/** What differs from machine to machine, by the name that stands for it in a fixture: `@NAME@`. */
export type Places = Readonly<Record<string, string>>;

/** `text` as a fixture keeps it. */
export function withoutPlaces(text: string, places: Places): string {
  return Object.entries(places).reduce((rest, [name, place]) => rest.replaceAll(place, `@${name}@`), text);
}

/** The fixture's text on this machine. Throws when it names a place that is not given. */
export function withPlaces(text: string, places: Places): string {
  return text.replace(/@([A-Z_]+)@/g, (_, name: string) => {
    const place = places[name];
    if (place === undefined) throw new Error(`the fixture names @${name}@, and nobody says where that is`);
    return place;
  });
}

const isoTime = /\b(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z/g;
/** Epoch milliseconds from 2020 to 2033; the fraction stays. */
const epochTime = /\b1[56789]\d{11}\b/g;

/** Every time in `text` so many whole seconds later: the fixture's release ended just now, not when it was written. */
export function later(text: string, seconds: number): string {
  const ms = seconds * 1_000;
  return text
    .replace(isoTime, (_, whole: string, fraction = '') => {
      const moved = new Date(Date.parse(`${whole}Z`) + ms).toISOString();
      return moved.replace(/\.\d+Z$/, `${fraction}Z`);
    })
    .replace(epochTime, (time) => String(Number(time) + ms));
}
