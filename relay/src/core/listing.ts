/** A part of a list, in the order of the items' keys. */
export interface Page<Item> {
  readonly items: readonly Item[]
  /** How many items there are in all. */
  readonly total: number
  /** The key after which the next page begins. Absent on the last page. */
  readonly next?: string
}

/** The part of a list to return. */
export interface PageRequest {
  /** The key of the last item of the page before. @default the list begins */
  readonly after?: string | undefined
  /** The most items. */
  readonly limit: number
}

/** An open session, without anything that proves its identity. */
export interface SessionInfo {
  /** Its public name. */
  readonly session: string
  readonly user?: string
  readonly role?: string
  /** The namespace of its client. */
  readonly namespace?: string
  /** When it was opened, in milliseconds since 1970. */
  readonly since: number
  /** When its token expires, in milliseconds since 1970. */
  readonly expires?: number
  /** The number of its subscriptions. */
  readonly subscriptions: number
  /** The number of its requests in flight. */
  readonly requests: number
}

/** A subscription at a broker, which any number of sessions share. */
export interface SubscriptionInfo {
  /** The namespace of its broker. */
  readonly namespace?: string
  readonly broker: string
  /** Its subject or pattern. */
  readonly subject: string
  readonly group?: string
  /** Set for a responder. */
  readonly serve?: true
  readonly sessions: number
}

/**
 * Returns the items with the lowest keys after one. It takes time in proportion to the list, and
 * memory to the page.
 */
export function pageOf<Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => string,
  { after, limit }: PageRequest,
): Page<Item> {
  const first: { readonly key: string; readonly item: Item }[] = []
  let total = 0
  for (const item of items) {
    total++
    const key = keyOf(item)
    if (after !== undefined && key <= after) continue
    // One more than the limit shows whether another page follows.
    if (first.length > limit && key >= (first[limit]?.key ?? '')) continue
    let at = first.length
    while (at > 0 && key < (first[at - 1]?.key ?? '')) at--
    first.splice(at, 0, { key, item })
    if (first.length > limit + 1) first.pop()
  }
  const page = first.slice(0, limit)
  const last = page.at(-1)?.key
  return {
    items: page.map(({ item }) => item),
    total,
    ...(first.length > limit && last !== undefined && { next: last }),
  }
}

/** The key of a session in a list. */
export const sessionKey = ({ session }: SessionInfo): string => session

/** The key of a subscription in a list. No part can contain a space. */
export function subscriptionKey({ broker, subject, group = '', serve }: SubscriptionInfo): string {
  return `${broker} ${subject} ${group}${serve ? ' serve' : ''}`
}

/**
 * Joins the pages of several relays. Items with one key become one, but the total counts them for
 * each relay.
 */
export function mergePages<Item>(
  pages: readonly Page<Item>[],
  keyOf: (item: Item) => string,
  { limit }: PageRequest,
  join: (one: Item, other: Item) => Item = (one) => one,
): Page<Item> {
  const all = new Map<string, Item>()
  for (const item of pages.flatMap(({ items }) => items)) {
    const present = all.get(keyOf(item))
    all.set(keyOf(item), present === undefined ? item : join(present, item))
  }
  const { items, next } = pageOf(all.values(), keyOf, { limit })
  const last = items.at(-1)
  const more = next ?? (last !== undefined && pages.some((page) => page.next !== undefined) ? keyOf(last) : undefined)
  const total = pages.reduce((sum, page) => sum + page.total, 0)
  return { items, total, ...(more !== undefined && { next: more }) }
}
