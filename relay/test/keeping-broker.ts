import { parsePattern } from '@wildcast/protocol'
import { memory, newId, realClock } from '../src/index.js'
import { memoryStore } from '../src/stores/memory/memory-store.js'

/** A memory broker that keeps the messages of some subjects. */
export function keepingBroker(
  rules: readonly { readonly subjects: string; readonly messages: number }[],
  clock = realClock,
): ReturnType<typeof memory> {
  const parsed = rules.map(({ subjects, messages }) => ({ subjects: parsePattern(subjects), messages }))
  return memory({ clock, newId, store: memoryStore({ clock, rules: parsed }) })
}
