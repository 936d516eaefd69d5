import { client } from '../bridge.js'

const storageKey = 'wildcast-demo-me'

/** A name that this browser keeps: others may have the same name, but not this one. */
const me = kept() ?? newId()

function kept(): string | undefined {
  try {
    const found = localStorage.getItem(storageKey)
    if (found && /^[a-z0-9]{10,40}$/.test(found)) return found
    localStorage.setItem(storageKey, newId())
    return localStorage.getItem(storageKey) ?? undefined
  } catch {
    return undefined // forbidden: a reload makes another person
  }
}

/** A page without HTTPS has no `randomUUID`. */
function newId(parts = 2): string {
  return [...crypto.getRandomValues(new Uint32Array(parts))].map((part) => part.toString(36).padStart(7, '0')).join('')
}

/** The id of a message of this person, which begins with the name of its browser. */
export const newMessageId = (): string => `${me}-${newId()}`

/**
 * Whether this person has written a message. The relay states its user; guests have none, and
 * differ by their browsers only.
 */
export function isOwnMessage(id: string | undefined, user: string | undefined): boolean {
  return !!id?.startsWith(`${me}-`) && user === client.welcome?.user
}

/** The name of this person in subjects: the user, as the relay knows it, or else the browser. */
export const ownUser = (): string => client.welcome?.user ?? me
