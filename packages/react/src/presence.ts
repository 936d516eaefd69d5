'use client' // Its hooks need a browser.

/** Hooks for the members of a subject. @module */

export type { Member } from '@wildcast/client/presence'
export type { PresenceState } from './presence-store.js'
export { type MemberCountState, useMemberCount } from './use-member-count.js'
export { type PresenceView, type UsePresenceOptions, usePresence } from './use-presence.js'
