import type { Continuity } from '@wildcast/client'
import { useEffect } from 'react'
import { create } from 'zustand'
import { client, useConnection } from '../bridge.js'
import { learnBrokers, type RoomMessage, takeGap, takeMessages, useChatStore } from './chat-store.js'

interface Health {
  readonly continuity: Continuity
  /** The time until which the messages are complete. */
  readonly asOf: number | undefined
  /** Why the subscription is refused. */
  readonly error?: string | undefined
}

/** How complete the messages of each broker are. */
export const useHealth = create<Readonly<Record<string, Health>>>()(() => ({}))

/** Follows the rooms of all brokers, over one connection, while any view is open. */
export function ChatFeeds() {
  useConnection() // a new connection brings a new welcome
  const infos = client.welcome?.brokers
  useEffect(() => {
    if (infos) learnBrokers(infos)
  }, [infos])
  const brokers = useChatStore((chat) => chat.brokers)
  return brokers.map((broker) => <Feed key={broker} broker={broker} />)
}

function Feed({ broker }: { readonly broker: string }) {
  useEffect(() => follow(broker), [broker])
  return null
}

/** Messages are taken together at most this often, in milliseconds. */
const frameMs = 16

function follow(broker: string): () => void {
  let waiting: RoomMessage[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const take = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (waiting.length > 0) takeMessages(waiting)
    waiting = []
  }
  const undo = client.subscribe(
    'good.{room}',
    (message) => {
      waiting.push(message)
      timer ??= setTimeout(take, frameMs)
    },
    {
      broker,
      onContinuity({ continuity, asOf }) {
        take()
        if (continuity === 'gap') takeGap(broker)
        useHealth.setState({ [broker]: { continuity, asOf } })
      },
      onError: ({ message }) =>
        useHealth.setState(({ [broker]: before }) => ({
          [broker]: { continuity: 'stale', asOf: before?.asOf, error: message },
        })),
    },
  )
  return () => {
    undo()
    take()
  }
}
