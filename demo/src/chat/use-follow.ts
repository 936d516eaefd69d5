import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { LogEntry } from './room-log.js'

/** A list counts as read to its end if less than this is hidden, in pixels. */
const nearPx = 48

/** A row on the screen, and the height of the list above its end. */
interface Place {
  readonly row: Element
  readonly end: number
}

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
 * @param hasOlder - whether the list has a button above its rows
 */
export function useFollow(rows: readonly LogEntry[], hasOlder: boolean): Follow {
  const list = useRef<HTMLDivElement>(null)
  const place = useRef<Place>(undefined)
  const isAtEndNow = useRef(true)
  const [isAtEnd, setAtEnd] = useState(true)
  /** The newest row when the reader was at the end. */
  const [seen, setSeen] = useState<string>()
  const [first] = rows
  const last = rows.at(-1)
  const lastKey = last?.key
  const isOwn = last?.kind === 'message' && last.state !== undefined

  const jump = useCallback((behavior: ScrollBehavior = 'instant') => {
    list.current?.scrollTo({ top: list.current.scrollHeight, behavior })
  }, [])
  const note = useCallback((now: boolean) => {
    isAtEndNow.current = now
    setAtEnd(now)
    place.current = now || !list.current ? undefined : placeIn(list.current)
  }, [])
  const stay = useCallback(() => {
    if (isAtEndNow.current) jump()
    else if (list.current) keepPlace(list.current, place)
  }, [jump])

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new last row is followed
  useLayoutEffect(() => {
    if (isOwn) note(true)
  }, [lastKey, isOwn])
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows come and go at both ends
  useLayoutEffect(stay, [lastKey, first?.key, rows.length, hasOlder])
  useEffect(() => {
    if (isAtEnd) setSeen(lastKey)
  }, [isAtEnd, lastKey])
  useEffect(() => {
    const { current: element } = list
    if (!element) return
    // The keyboard of a phone, a longer draft, a text that is unfolded.
    const observer = new ResizeObserver((changes) => {
      // Of the list, such as a turned phone; a text that is unfolded grows downwards.
      if (isAtEndNow.current || changes.some(({ target }) => target === element)) stay()
      place.current &&= placeIn(element)
    })
    observer.observe(element)
    if (element.firstElementChild) observer.observe(element.firstElementChild)
    return () => observer.disconnect()
  }, [stay])

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

function endOf(list: Element, row: Element): number {
  return row.getBoundingClientRect().bottom - list.getBoundingClientRect().top + list.scrollTop
}

/** The first row on the screen. */
function placeIn(list: Element): Place | undefined {
  const { top } = list.getBoundingClientRect()
  const row = [...list.querySelectorAll('li')].find((each) => each.getBoundingClientRect().bottom > top)
  return row && { row, end: endOf(list, row) }
}

/** Scrolls by as much as the row has moved. */
function keepPlace(list: Element, place: { current: Place | undefined }): void {
  const { current: before } = place
  if (before?.row.isConnected) list.scrollTop += endOf(list, before.row) - before.end
  place.current = placeIn(list)
}

function countAfter(rows: readonly LogEntry[], key: string | undefined): number {
  const from = rows.findLastIndex((row) => row.key === key) + 1
  return rows.slice(from).filter(({ kind }) => kind === 'message').length
}
