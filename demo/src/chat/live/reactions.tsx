import { type KeyboardEvent, useRef, useState } from 'react'
import { emojis } from '../../../contract.js'
import type { ChatEntry } from '../room-log.js'
import { useFeature } from '../use-rooms.js'
import { EmojiIcon, emojiNames, PickIcon } from './emoji-icon.js'
import {
  type Emoji,
  ownSubject,
  type ReactionSubject,
  type Tally,
  toggle,
  useReactions,
  useTallies,
} from './reaction-store.js'

interface ReactionsProps {
  /** The key of the room. */
  readonly room: string
  readonly entry: ChatEntry
  readonly isLast: boolean
}

/** The reactions to a message, and a way to add one. */
export function Reactions({ room, entry, isLast }: ReactionsProps) {
  const canKeep = useFeature(room, 'retained')
  const subject = canKeep ? ownSubject(room, entry) : undefined
  return subject ? <ReactionRow room={room} subject={subject} isOwn={!!entry.isOwn} isLast={isLast} /> : null
}

interface ReactionRowProps {
  readonly room: string
  readonly subject: ReactionSubject
  readonly isOwn: boolean
  readonly isLast: boolean
}

function ReactionRow({ room, subject, isOwn, isLast }: ReactionRowProps) {
  const tallies = useTallies(subject)
  const error = useReactions(({ errors }) => errors[subject])
  const choose = (emoji: Emoji): void => void toggle(room, subject, emoji)
  return (
    <>
      {tallies.length > 0 && (
        <ul aria-label="Reactions" className={`flex flex-wrap gap-1 pt-1 pb-0.5 ${isOwn ? 'justify-end' : ''}`}>
          {tallies.map((tally) => (
            <li key={tally.emoji}>
              <Chip tally={tally} onClick={() => choose(tally.emoji)} />
            </li>
          ))}
        </ul>
      )}
      {error && <p className="py-1 text-bad text-xs">Your reaction was not kept: {error}</p>}
      <Picker isOwn={isOwn} isLast={isLast} onChoose={choose} />
    </>
  )
}

function Chip({ tally: { emoji, names, isOwn }, onClick }: { readonly tally: Tally; readonly onClick: () => void }) {
  const who = names.slice(0, 20).join(', ')
  return (
    <button
      type="button"
      aria-pressed={isOwn}
      aria-label={`${emojiNames[emoji]}: ${names.length}`}
      title={who}
      onClick={onClick}
      className="group/chip flex items-center touch:h-11"
    >
      <span
        className="flex h-6 items-center gap-1 rounded-full border border-line bg-panel px-2 text-quiet text-xs
          tabular-nums transition-colors group-hover/chip:bg-raised group-aria-pressed/chip:border-brand
          group-aria-pressed/chip:text-brand touch:h-7"
      >
        <EmojiIcon emoji={emoji} />
        {names.length}
      </span>
    </button>
  )
}

interface PickerProps {
  readonly isOwn: boolean
  /** Its button is in the order of the tab key; the arrows lead to those of other messages. */
  readonly isLast: boolean
  readonly onChoose: (emoji: Emoji) => void
}

/** A button at the edge of a message, which turns into the emojis. */
function Picker({ isOwn, isLast, onChoose }: PickerProps) {
  const [isOpen, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const close = (): void => {
    setOpen(false)
    button.current?.focus({ preventScroll: true })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') close()
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    if (step === undefined || isOpen) return
    event.preventDefault()
    beside(button.current, step)?.focus()
  }
  const side = isOwn ? 'left-2' : 'right-2'
  const inner = isOwn ? 'left-10 touch:left-14' : 'right-10 touch:right-14'
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it gets the keys of its buttons
    <div
      onKeyDown={onKeyDown}
      onBlur={({ currentTarget, relatedTarget }) => currentTarget.contains(relatedTarget) || setOpen(false)}
    >
      <button
        ref={button}
        type="button"
        data-react
        tabIndex={isLast ? 0 : -1}
        aria-label="React"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className={`absolute top-1 grid size-7 place-items-center rounded-lg text-quiet opacity-0 transition-opacity
          hover:bg-raised hover:text-text focus-visible:opacity-100 group-hover:opacity-100 aria-expanded:opacity-100
          touch:size-11 touch:opacity-60 ${side}`}
      >
        <PickIcon />
      </button>
      {isOpen && (
        <div
          role="toolbar"
          aria-label="Reactions to choose from"
          className={`absolute -top-1.5 z-10 flex rounded-full border border-line bg-panel p-1 shadow-lg ${inner}`}
        >
          {emojis.map((emoji, i) => (
            <button
              key={emoji}
              type="button"
              // biome-ignore lint/a11y/noAutofocus: it follows the button that has opened it
              autoFocus={i === 0}
              aria-label={emojiNames[emoji]}
              title={emojiNames[emoji]}
              onClick={() => {
                onChoose(emoji)
                close()
              }}
              className="grid size-9 place-items-center rounded-full text-quiet transition-colors hover:bg-raised
                hover:text-text touch:size-11"
            >
              <EmojiIcon emoji={emoji} />
            </button>
          ))}
        </div>
      )}
    </div>
  )
}

/** The button of the message before or after. */
function beside(button: Element | null, step: number): HTMLElement | undefined {
  const all = [...(button?.closest('ol')?.querySelectorAll('[data-react]') ?? [])]
  const found = button && all[all.indexOf(button) + step]
  return found instanceof HTMLElement ? found : undefined
}
