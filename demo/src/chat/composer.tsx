import { type ClipboardEvent, type DragEvent, type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react'
import { mostCharacters } from '../../contract.js'
import { usePage } from '../page.js'
import { Icon } from '../ui/icon.js'
import { exact } from '../ui/plain-format.js'
import { setDraft, useChatStore } from './chat-store.js'
import { clean } from './clean.js'
import { sendText } from './send.js'
import { subjectOf } from './subject.js'

/** The input below a conversation. Each room keeps its draft. */
export function Composer({ room }: { readonly room: string }) {
  const text = useChatStore(({ drafts }) => drafts[room] ?? '')
  const name = usePage((page) => page.room)
  const [notice, setNotice] = useState('')
  const over = text.length - mostCharacters
  const canSend = text.trim() !== '' && over <= 0

  const change = (raw: string): void => {
    const { text, removed } = clean(raw)
    setNotice(removed > 0 ? `${exact(removed)} characters that can't be shown were removed.` : '')
    setDraft(room, text)
  }
  const send = (): void => {
    if (!canSend) return
    sendText(text)
    setDraft(room, '')
    setNotice('')
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }
  const refuseFiles = (event: ClipboardEvent | DragEvent, data: DataTransfer): void => {
    if (data.files.length === 0) return
    event.preventDefault()
    setNotice('Files and pictures can’t be sent here: a message is text.')
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
      className="mx-auto w-full max-w-4xl px-3 pb-3 md:px-6 md:pb-6"
    >
      <p aria-live="polite" className="text-warn text-xs not-empty:pb-2">
        {over > 0 ? `${exact(over)} characters too many: a message has ${exact(mostCharacters)} at most.` : notice}
      </p>
      <div
        className="flex items-end gap-2 rounded-xl border border-line bg-panel p-1.5 shadow-sm transition-colors
          focus-within:border-brand"
      >
        <GrowingInput
          value={text}
          onChange={change}
          onKeyDown={onKeyDown}
          onPaste={(event) => refuseFiles(event, event.clipboardData)}
          onDrop={(event) => refuseFiles(event, event.dataTransfer)}
          placeholder={`Message ${subjectOf(name)}`}
          isInvalid={over > 0}
        />
        <button
          type="submit"
          disabled={!canSend}
          className="flex h-9 shrink-0 items-center gap-2 rounded-lg bg-brand-deep px-3 font-medium text-on-brand
            text-sm transition-colors disabled:bg-raised disabled:text-quiet touch:h-11"
        >
          <Icon name="send" />
          Send
        </button>
      </div>
    </form>
  )
}

interface GrowingInputProps {
  readonly value: string
  readonly onChange: (text: string) => void
  readonly onKeyDown: (event: KeyboardEvent) => void
  readonly onPaste: (event: ClipboardEvent) => void
  readonly onDrop: (event: DragEvent) => void
  readonly placeholder: string
  readonly isInvalid: boolean
}

/** As high as its text, up to a limit. */
function GrowingInput({ value, onChange, isInvalid, ...rest }: GrowingInputProps) {
  const input = useRef<HTMLTextAreaElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const { current: element } = input
    if (!element) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight}px`
  }, [value])
  return (
    <textarea
      {...rest}
      ref={input}
      dir="auto"
      rows={1}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      aria-label="Message"
      aria-invalid={isInvalid}
      autoComplete="off"
      enterKeyHint="send"
      className="max-h-48 min-h-9 min-w-0 flex-1 resize-none bg-transparent px-2 py-1.5 text-base outline-none
        touch:min-h-11 touch:py-2"
    />
  )
}
