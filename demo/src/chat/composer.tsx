import type { Publishing } from '@wildcast/react'
import { type FormEvent, useState } from 'react'
import { usePublish, usePublishing } from '../bridge.js'
import { usePage } from '../page.js'
import type { ChatMessage } from './chat-message.js'

/** The input below a conversation. The client keeps messages while it is offline. */
export function Composer({ room }: { readonly room: string }) {
  const { name, broker } = usePage()
  const [text, setText] = useState('')
  const [last, setLast] = useState<Publishing>()
  const send = usePublish('good.*')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (text.trim() === '') return
    setLast(send([room], { from: name, text } satisfies ChatMessage, { broker }))
    setText('')
  }
  return (
    <form onSubmit={submit} className="flex flex-wrap gap-2 border-line border-t bg-panel p-4">
      <input
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder={`Message good.${room}`}
        aria-label="Message"
        autoComplete="off"
        className="min-w-0 flex-1 rounded-lg border border-line bg-ink px-4 py-2.5 placeholder:text-quiet/60"
      />
      <button
        type="submit"
        className="rounded-lg bg-brand-deep px-5 font-semibold text-on-brand transition-colors hover:bg-brand"
      >
        Send
      </button>
      <Outcome publishing={last} />
    </form>
  )
}

/** Shows the outcome of the last message unless it is the expected one. */
function Outcome({ publishing }: { readonly publishing: Publishing | undefined }) {
  const state = usePublishing(publishing)
  const words = {
    queued: 'Waits for the connection, and is sent by itself.',
    unknown: 'The connection broke on the way: the message may have arrived or not.',
    rejected: `Not sent: ${publishing?.error?.message}`,
  }
  if (state === undefined || !(state in words)) return null
  return <p className="w-full text-sm text-warn">{words[state as keyof typeof words]}</p>
}
