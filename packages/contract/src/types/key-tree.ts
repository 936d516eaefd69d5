import type { Covers, Overlaps } from './matching.js'
import type { Segments } from './segments.js'

// A contract may have hundreds of keys, and a program hundreds of subjects. To compare each with
// each takes the compiler seconds, so that the keys are a tree: `Level` has those with the same
// first segment under one name. The compiler keeps each level, since it depends on the keys only.

/** `covers` finds the patterns that surely match a subject, `overlaps` those that share one. */
type Mode = 'covers' | 'overlaps'

/** Heads after which a key may have any number of segments. */
type Open = '**' | '>' | '#'

/** The keys that match a subject or share one with a pattern, given as segments. */
export type KeysFound<Key extends string, Row extends string[], How extends Mode> = Walk<
  Item<Unreserved<Key, Row[0]>>,
  Row extends ['**', `$${string}` | `_${string}`, ...string[]] ? ['*', ...Row] : Row,
  How
>

/**
 * No leading wildcard matches a reserved subject. So a leading `**` before a reserved name stands
 * for one segment at least, as in `covers` of the protocol.
 */
type Unreserved<Key extends string, Head extends string | undefined> = Head extends `$${string}` | `_${string}`
  ? Exclude<Key, `*${string}` | `{${string}` | '>' | '#'>
  : Head extends '*' | '**'
    ? Exclude<Key, `$${string}` | `_${string}`>
    : Key

/** A key with the rest of it in front, of which segments are taken: `msg. room.*.msg`. */
type Item<Key extends string> = Key extends string
  ? `${Key extends `**.$${string}` | `**._${string}` ? '*.' : ''}${Key}. ${Key}`
  : never

/** The keys whose rest begins with the same segment; those without rest have the name ` `. */
type Level<Items> = { [One in Items & string as HeadOf<One>]: TailOf<One> }

type HeadOf<One> = One extends ` ${string}`
  ? ' '
  : One extends `${infer Head}.${string}`
    ? Head extends `{${string}}`
      ? '*'
      : Head
    : never

type TailOf<One> = One extends ` ${infer Key}` ? Key : One extends `${string}.${infer Tail}` ? Tail : never

type Walk<Items, Row extends string[], How extends Mode> = [Items] extends [never]
  ? never
  : Row extends [infer Head extends string, ...infer Rest extends string[]]
    ? Head extends '**'
      ? Rest extends []
        ? KeyOf<Items>
        : Scan<Items, Row, How>
      : Walk<At<Level<Items>, Next<Level<Items>, Head, How>>, Rest, How> | ScanOpen<Level<Items>, Row, How, Open>
    : At<Level<Items>, ' '> | ScanOpen<Level<Items>, Row, How, Open>

/** Not by `keyof Tree`, which the compiler computes each time from all items. */
type At<Tree, Head> = Head extends string
  ? Tree extends { readonly [One in Head]: infer Tails }
    ? Tails
    : never
  : never

/** The names of a level that a segment leads to. The compiler may know only a part of it. */
type Next<Tree, Head extends string, How extends Mode> = Head extends '*'
  ? Exclude<keyof Tree, Open | ' '>
  : Record<never, never> extends Record<Head, 1>
    ? How extends 'covers'
      ? '*'
      : '*' | Exclude<Extract<keyof Tree, Head>, Open | ' '>
    : '*' | Head

type KeyOf<Items> = Items extends `${string} ${infer Key}` ? Key : never

/** Compares keys one by one. */
type Scan<Items, Row extends string[], How extends Mode> = Items extends `${infer Rest}. ${infer Key}`
  ? Compare<Segments<Rest>, Row, How> extends true
    ? Key
    : never
  : Items extends ` ${infer Key}`
    ? Compare<[], Row, How> extends true
      ? Key
      : never
    : never

type Compare<Pattern extends string[], Row extends string[], How extends Mode> = How extends 'covers'
  ? Covers<Pattern, Row>
  : Overlaps<Pattern, Row>

/** The same for the keys of a level that begin with `**`, `>` or `#`. */
type ScanOpen<Tree, Row extends string[], How extends Mode, Head> = Head extends Open
  ? Scan<Joined<Head, At<Tree, Head>>, Row, How>
  : never

type Joined<Head extends string, Tail> = Tail extends ` ${infer Key}`
  ? `${Head}. ${Key}`
  : Tail extends string
    ? `${Head}.${Tail}`
    : never
