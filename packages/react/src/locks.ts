'use client' // Its hooks need a browser.

/** Hooks for locks and leaders. @module */

export type { LockState } from './locker.js'
export { type LeaderState, type UseLeaderOptions, useLeader } from './use-leader.js'
export { type LockView, type UseLockOptions, useLock } from './use-lock.js'
