/** Lets everything that is ready happen; for tests on a clock that stands still. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
}
