import type { ReactNode } from 'react'
import type { Emoji } from './reaction-store.js'

/** How the emojis are called. */
export const emojiNames: Record<Emoji, string> = {
  '👍': 'Thumbs up',
  '❤️': 'Heart',
  '😄': 'Smile',
  '👀': 'Eyes',
  '✅': 'Done',
}

const smile = (
  <>
    <circle cx={8} cy={8} r={6} />
    <path d="M5.5 9.2c.6 1.1 1.5 1.7 2.5 1.7s1.9-.6 2.5-1.7M6 6.2v.1M10 6.2v.1" />
  </>
)

/** Drawn as the icons of the page are, on a grid of 16: not every system has a font of emojis. */
const paths: Record<Emoji, ReactNode> = {
  '👍': (
    <>
      <path d="M2.5 7.5h2v6h-2z" />
      <path d="m4.5 7.5 3-5c1 0 1.7.8 1.5 1.9l-.4 2.1h3.7c.9 0 1.5.8 1.3 1.6l-1 4.2c-.2.7-.8 1.2-1.5 1.2H4.5" />
    </>
  ),
  '❤️': <path d="M8 13.5 3 8.6a3 3 0 0 1 0-4.3 3 3 0 0 1 4.3 0l.7.8.7-.8a3 3 0 0 1 4.3 0 3 3 0 0 1 0 4.3z" />,
  '😄': smile,
  '👀': (
    <>
      <path d="M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8z" />
      <circle cx={8} cy={8} r={1.8} />
    </>
  ),
  '✅': <path d="M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM5.3 8.2l1.9 1.9 3.6-4" />,
}

/** The picture of an emoji. */
export function EmojiIcon({ emoji }: { readonly emoji: Emoji }) {
  return <Drawing>{paths[emoji]}</Drawing>
}

/** Of the button that adds one. */
export function PickIcon() {
  return <Drawing>{smile}</Drawing>
}

function Drawing({ children }: { readonly children: ReactNode }) {
  return (
    <svg
      aria-hidden
      viewBox="0 0 16 16"
      className="size-4 shrink-0 fill-none stroke-current"
      strokeWidth={1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {children}
    </svg>
  )
}
