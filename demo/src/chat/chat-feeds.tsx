import { useEffect } from 'react'
import { useAccount } from '../account/account.js'
import { client, useConnection } from '../bridge.js'
import { correctHash, hashOf, usePage } from '../page.js'
import { askLater } from './bot/later.js'
import { chatBroker, learnBrokers, type RoomMessage, takeGap, takeMessages, useChatStore } from './chat-store.js'
import { healthKey, useHealth } from './health.js'
import { vault } from './subject.js'

/** Follows the rooms of all brokers, over one connection, while any view is open. */
export function ChatFeeds() {
  useConnection() // a new connection brings a new welcome
  const infos = client.welcome?.brokers
  useEffect(() => {
    if (!infos) return
    learnBrokers(infos)
    correctRoom()
    return usePage.subscribe(correctRoom)
  }, [infos])
  const brokers = useChatStore((chat) => chat.brokers)
  const wantsVault = usePage(({ room }) => room === vault)
  const isManager = useAccount(({ account }) => account?.team === 'manager')
  // Others are refused, and ask only if they open the vault.
  const staff = wantsVault || isManager ? brokers : []
  return [
    ...brokers.map((broker) => <Feed key={broker} broker={broker} pattern="good.{room}" />),
    ...staff.map((broker) => <Feed key={healthKey(broker, vault)} broker={broker} pattern="staff.{room}" />),
  ]
}

/** The URL names the room that is shown, and its broker. */
function correctRoom(): void {
  const { view, room, broker } = usePage.getState()
  if (view === 'chat') correctHash(hashOf('chat', chatBroker(useChatStore.getState(), broker), room))
}

interface FeedProps {
  readonly broker: string
  readonly pattern: 'good.{room}' | 'staff.{room}'
}

function Feed({ broker, pattern }: FeedProps) {
  useEffect(() => follow(broker, pattern), [broker, pattern])
  return null
}

/** Messages are taken together at most this often, in milliseconds. */
const frameMs = 16

function follow(broker: string, pattern: FeedProps['pattern']): () => void {
  const isStaff = pattern === 'staff.{room}'
  const feed = isStaff ? healthKey(broker, vault) : broker
  let waiting: RoomMessage[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const take = (): void => {
    clearTimeout(timer)
    timer = undefined
    const questions = waiting.length > 0 ? takeMessages(waiting) : []
    waiting = []
    for (const question of questions) void askLater(...question)
  }
  const undo = client.subscribe(
    pattern,
    (message) => {
      waiting.push(message)
      timer ??= setTimeout(take, frameMs)
    },
    {
      broker,
      onContinuity({ continuity, asOf }) {
        take()
        // It marks the vault, too.
        if (continuity === 'gap' && !isStaff) takeGap(broker)
        useHealth.setState({ [feed]: { continuity, asOf } })
        if (continuity === 'live')
          void import('./missed.js').then(
            ({ countMissed }) => countMissed(broker),
            () => {},
          )
      },
      onError: ({ message }) =>
        useHealth.setState(({ [feed]: before }) => ({
          [feed]: { continuity: 'stale', asOf: before?.asOf, error: message },
        })),
    },
  )
  return () => {
    undo()
    take()
  }
}
