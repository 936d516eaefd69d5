import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { LogEntry } from './room-log.js'

/** A list counts as read to its end if less than this is hidden, in pixels. */
const nearPx = 48

interface Follow {
  readonly list: RefObject<HTMLDivElement | null>
  readonly onScroll: () => void
  readonly isAtEnd: boolean
  /** Messages that have come since the reader left the end. */
  readonly fresh: number
  /** Scrolls to the end. */
  readonly toEnd: () => void
}

/**
 * Keeps a list at its end while the reader is there, and otherwise at the reader's place. A message
 * that the reader writes always leads to the end.
 */
export function useFollow(rows: readonly LogEntry[]): Follow {
  const list = useRef<HTMLDivElement>(null)
  const isAtEndNow = useRef(true)
  const [isAtEnd, setAtEnd] = useState(true)
  /** The newest row when the reader was at the end. */
  const [seen, setSeen] = useState<string>()
  const last = rows.at(-1)
  const lastKey = last?.key
  const isOwn = last?.kind === 'message' && last.state !== undefined

  const jump = useCallback((behavior: ScrollBehavior = 'instant') => {
    list.current?.scrollTo({ top: list.current.scrollHeight, behavior })
  }, [])
  const note = useCallback((now: boolean) => {
    isAtEndNow.current = now
    setAtEnd(now)
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new last row is followed
  useLayoutEffect(() => {
    if (isOwn) note(true)
    if (isAtEndNow.current) jump()
  }, [lastKey, isOwn])
  useEffect(() => {
    if (isAtEnd) setSeen(lastKey)
  }, [isAtEnd, lastKey])
  useEffect(() => {
    const { current: element } = list
    if (!element) return
    // The keyboard of a phone, a longer draft, a text that is unfolded.
    const observer = new ResizeObserver(() => isAtEndNow.current && jump())
    observer.observe(element)
    if (element.firstElementChild) observer.observe(element.firstElementChild)
    return () => observer.disconnect()
  }, [jump])

  const onScroll = useCallback(() => {
    const { current: element } = list
    if (element) note(element.scrollHeight - element.scrollTop - element.clientHeight < nearPx)
  }, [note])

  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches
  return {
    list,
    onScroll,
    isAtEnd,
    fresh: isAtEnd ? 0 : countAfter(rows, seen),
    toEnd: () => jump(isCalm ? 'instant' : 'smooth'),
  }
}

function countAfter(rows: readonly LogEntry[], key: string | undefined): number {
  const from = rows.findLastIndex((row) => row.key === key) + 1
  return rows.slice(from).filter(({ kind }) => kind === 'message').length
}
