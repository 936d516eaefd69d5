import type { Action } from './grants.js'
import { shortForm } from './short-form.js'

/** The verbs that are not named like their action. */
const verbs: Partial<Record<Action['kind'], string>> = { subscribe: 'subscribe to', presence: 'enter' }

/** Returns an action as a refusal names it, such as `subscribe to "room.>"`. */
export function inWords({ kind, subject }: Action): string {
  return `${verbs[kind] ?? kind} "${shortForm(subject)}"`
}
