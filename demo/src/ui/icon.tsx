import type { ReactNode } from 'react'

/** Paths on a grid of 16, drawn by strokes. */
const paths = {
  chat: <path d="M2.5 3.5h11v7.5h-6l-3 2.5v-2.5h-2z" />,
  dashboard: <path d="M2 8.5h2.5l2-5 3 9.5 2-4.5H14" />,
  explorer: <path d="M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5l3.5 3.5" />,
  faults: <path d="M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z" />,
  light: (
    <>
      <circle cx={8} cy={8} r={3} />
      <path d="M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1" />
    </>
  ),
  dark: <path d="M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z" />,
  system: <path d="M2 3h12v8H2zM5.5 14h5M8 11v3" />,
  menu: <path d="M2 4.5h12M2 8h12M2 11.5h12" />,
  close: <path d="m3.5 3.5 9 9M12.5 3.5l-9 9" />,
  check: <path d="m3 8.5 3.5 3.5L13 4.5" />,
  clock: (
    <>
      <circle cx={8} cy={8} r={5.5} />
      <path d="M8 5v3.2l2 1.3" />
    </>
  ),
  warning: <path d="M8 2.5 14.5 13.5h-13zM8 6.5v3.5M8 11.7v.1" />,
  chevron: <path d="m4 6 4 4 4-4" />,
  down: <path d="M8 3v10M4 9l4 4 4-4" />,
  send: <path d="M13.5 2.5 7.5 13.5l-1.7-5.3L2 5z M13.5 2.5 5.8 8.2" />,
  lock: <path d="M4 7h8v6.5H4zM5.5 7V5a2.5 2.5 0 0 1 5 0v2M8 9.5V11" />,
  plus: <path d="M8 3v10M3 8h10" />,
  copy: <path d="M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z" />,
  terminal: <path d="m3 5 3 3-3 3M8 11.5h5" />,
  pause: <path d="M5 3v10M11 3v10" />,
  play: <path d="m4.5 3 8 5-8 5z" />,
  stop: <path d="M4 4h8v8H4z" />,
} satisfies Record<string, ReactNode>

export type IconName = keyof typeof paths

/** An icon beside a text or in a button that has a label. */
export function Icon({ name, className = 'size-4' }: { readonly name: IconName; readonly className?: string }) {
  return (
    <svg
      aria-hidden
      viewBox="0 0 16 16"
      className={`shrink-0 fill-none stroke-current ${className}`}
      strokeWidth={1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {paths[name]}
    </svg>
  )
}
