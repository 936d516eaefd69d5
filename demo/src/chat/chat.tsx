import type { Message } from '@wildcast/client'
import type { SubscriptionFeed } from '@wildcast/react'
import { useLayoutEffect, useRef } from 'react'
import { usePage } from '../page.js'
import { CurlHint, Empty } from '../ui/empty.js'
import { Avatar } from './avatar.js'
import { readChatMessage } from './chat-message.js'
import { Composer } from './composer.js'
import { Rooms } from './room-list.js'
import { useChat } from './use-chat.js'

/** The rooms, and the conversation in the open one. */
export function Chat() {
  const feed = useChat()
  return (
    <div className="flex min-h-0 flex-1 flex-col md:flex-row">
      <Rooms messages={feed.items} />
      <Room feed={feed} />
    </div>
  )
}

function Room({ feed }: { readonly feed: SubscriptionFeed }) {
  const room = usePage((page) => page.room)
  const messages = feed.items.filter((message) => message.params[0] === room)
  return (
    <section className="flex min-h-0 min-w-0 flex-1 flex-col" aria-label="Room">
      <header className="flex min-h-14 items-center gap-3 border-line border-b px-6 py-3">
        <h2 className="font-mono font-semibold">
          <span className="text-quiet">good.</span>
          {room}
        </h2>
        {feed.continuity === 'gap' && (
          <p className="text-sm text-warn">Messages sent while you were away are not shown.</p>
        )}
        {feed.error && <p className="text-bad text-sm">{feed.error.message}</p>}
      </header>
      {messages.length === 0 ? (
        <Empty title="No messages yet">
          Write one below, open this page in a second window, or publish from a terminal:
          <CurlHint subject={`good.${room}`} />
        </Empty>
      ) : (
        <Conversation messages={messages} />
      )}
      <Composer room={room} />
    </section>
  )
}

function Conversation({ messages }: { readonly messages: readonly Message[] }) {
  const list = useRef<HTMLOListElement>(null)
  const last = messages.at(-1)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new message scrolls to the end
  useLayoutEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight })
  }, [last])
  return (
    <ol ref={list} aria-label="Conversation" className="min-h-0 flex-1 overflow-y-auto px-6 py-4">
      {messages.map((message, i) => (
        <Line key={message.key} message={message} before={messages[i - 1]} />
      ))}
    </ol>
  )
}

/** One message. Consecutive messages of one person share a name and an avatar. */
function Line({ message, before }: { readonly message: Message; readonly before: Message | undefined }) {
  const me = usePage((page) => page.name)
  const { from, text } = readChatMessage(message.data)
  const continues = before !== undefined && readChatMessage(before.data).from === from
  return (
    <li className={`flex gap-3 ${continues ? 'mt-0.5' : 'mt-5 first:mt-0'}`}>
      <div className="w-9 shrink-0">{continues ? null : <Avatar name={from} />}</div>
      <div className="min-w-0">
        {continues ? null : (
          <p className="mb-0.5 font-medium text-sm">
            {from}
            {from === me && <span className="ml-2 font-normal text-quiet">you</span>}
          </p>
        )}
        <p className="whitespace-pre-wrap break-words text-text/90 leading-relaxed">{text}</p>
      </div>
    </li>
  )
}
