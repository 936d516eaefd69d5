import type { WorkerSlot } from './place.js'

/**
 * Replaces places one after the other: each new one is open, and takes clients, before the old one
 * of its index ends.
 * @throws whatever keeps a new one from being opened; the old one of its index goes on, and so do
 * those after it
 */
export async function replaceEach(places: WorkerSlot[], fresh: (index: number) => WorkerSlot): Promise<void> {
  for (const [index, old] of [...places.entries()]) {
    const place = fresh(index)
    await place.open()
    places[index] = place
    await old.close()
  }
}
