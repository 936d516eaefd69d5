import type { Params } from '@wildcast/protocol/client'
import type { Message } from '../messages/message.js'
import type { Scoped } from '../scope-ports.js'
import { getPage, type PageOptions } from './kept-page.js'

/** Options of `read`. */
export interface ReadOptions extends PageOptions {
  /** With `after`: called before the first message that follows forgotten ones. */
  readonly onGap?: (() => void) | undefined
}

/** Loops over a history, page by page: forwards with `after`, else backwards. */
export async function* readMessages<Data, const Pattern extends string>(
  scope: Scoped,
  pattern: Pattern,
  { onGap, ...options }: ReadOptions = {},
): AsyncGenerator<Message<Data, Params<Pattern>>, undefined> {
  let { after, before } = options
  const isForward = after !== undefined
  for (;;) {
    const { messages, hasMore, recovered, first, last } = await getPage<Data, Pattern>(scope, pattern, {
      ...options,
      after,
      before,
    })
    if (recovered === false) onGap?.()
    yield* isForward ? messages : [...messages].reverse()
    if (!hasMore) return undefined
    if (isForward) after = last
    else before = first
  }
}
