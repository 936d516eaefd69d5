import { usePublish } from '@wildcast/react'
import { type FormEvent, useState } from 'react'
import type { ChatMessage } from './chat-message.js'
import { usePage } from './store.js'

/** Where one writes. What is sent while offline waits in the client, and goes out by itself. */
export function Composer({ room }: { readonly room: string }) {
  const name = usePage((page) => page.name)
  const [text, setText] = useState('')
  const send = usePublish('good.*')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (text.trim() === '') return
    send([room], { from: name, text } satisfies ChatMessage)
    setText('')
  }
  return (
    <form onSubmit={submit} className="flex gap-2 border-line border-t bg-panel p-4">
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
        className="rounded-lg bg-brand-deep px-5 font-semibold text-ink transition-colors hover:bg-brand"
      >
        Send
      </button>
    </form>
  )
}
