import type { WorkerSlot } from './place.js'

/**
 * Replaces slots one after the other: each new one is open, and takes clients, before the old one
 * of its index ends.
 * @throws the reason if a new one can't be opened; the old one of its index and those after it stay
 */
export async function replaceEach(places: WorkerSlot[], fresh: (index: number) => WorkerSlot): Promise<void> {
  for (const [index, old] of [...places.entries()]) {
    const place = fresh(index)
    await place.open()
    places[index] = place
    await old.close()
  }
}
