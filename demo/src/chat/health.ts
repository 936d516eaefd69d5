import type { Continuity } from '@wildcast/client'
import { create } from 'zustand'
import { vault } from './subject.js'

interface Health {
  readonly continuity: Continuity
  /** The time until which the messages are complete. */
  readonly asOf: number | undefined
  /** Why the subscription is refused. */
  readonly error?: string | undefined
}

/** How complete the messages of each broker are. */
export const useHealth = create<Readonly<Record<string, Health>>>()(() => ({}))

/** Names the feed that a room is part of. */
export function healthKey(broker: string, room: string): string {
  return room === vault ? `${broker} ${vault}` : broker
}
