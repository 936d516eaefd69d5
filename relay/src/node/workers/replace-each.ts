import type { WorkerSlot } from './worker-slot.js'

/**
 * Replaces slots one after the other: each new one is open, and takes clients, before the old one
 * of its index ends.
 * @throws the reason if a new one can't be opened; the old one of its index and those after it stay
 */
export async function replaceEach(slots: WorkerSlot[], fresh: (index: number) => WorkerSlot): Promise<void> {
  for (const [index, old] of [...slots.entries()]) {
    const slot = fresh(index)
    await slot.open()
    slots[index] = slot
    await old.close()
  }
}
