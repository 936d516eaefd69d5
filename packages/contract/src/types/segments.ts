/**
 * The segments of a subject or pattern, with `*` for a param and for the first segment of `>`. The
 * compiler may know only a part of a segment: then it is `string` or `a${string}`.
 */
export type Segments<Text extends string, Found extends string[] = []> = Text extends `${infer Head}.${infer Rest}`
  ? Segments<Rest, [...Found, Head extends `{${string}}` ? '*' : Head]>
  : Text extends '>'
    ? [...Found, '*', '**']
    : Text extends '#'
      ? [...Found, '**']
      : [...Found, Text extends `{${string}}` ? '*' : Text]

/** Whether a text has a wildcard or a param. */
export type IsPattern<Text extends string> = HasWildcard<Segments<Text>>

/** Iterates: a union of the segments would lose a `*` beside a `string`. */
type HasWildcard<All extends string[]> = All extends [infer Head, ...infer Rest extends string[]]
  ? Head extends '*' | '**'
    ? true
    : HasWildcard<Rest>
  : false

/** The names of the params of a text, as a union. */
export type NamesIn<Text extends string, Found extends string = never> = Text extends `${infer Head}.${infer Rest}`
  ? NamesIn<Rest, Found | NameOf<Head>>
  : Found | NameOf<Text>

type NameOf<Segment extends string> = Segment extends `{${infer Name}}` ? Name : never

/** The first param that stands twice in a text. */
export type RepeatedName<Text extends string, Found extends string = never> = Text extends `${infer Head}.${infer Rest}`
  ? NameOf<Head> & Found extends never
    ? RepeatedName<Rest, Found | NameOf<Head>>
    : NameOf<Head>
  : NameOf<Text> & Found

/** A template with text of any kind in place of its params. */
export type Filled<Text extends string, Found extends string = ''> = Text extends `${infer Head}.${infer Rest}`
  ? Filled<Rest, `${Found}${FilledSegment<Head>}.`>
  : `${Found}${FilledSegment<Text>}`

type FilledSegment<Segment extends string> = Segment extends `{${string}}` ? string : Segment
