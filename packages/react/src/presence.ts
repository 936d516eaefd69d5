'use client' // Its hooks need a browser.

/** The hook for the members of a subject. @module */

export type { Member } from '@wildcast/client/presence'
export type { PresenceState } from './presence-store.js'
export { type PresenceView, type UsePresenceOptions, usePresence } from './use-presence.js'
