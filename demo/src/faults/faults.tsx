import { Empty } from '../ui/empty.js'

/** Breaks things on purpose, and shows what follows. */
export function Faults() {
  return <Empty title="Faults" />
}
