/**
 * The type of the texts that a pattern's wildcards match: one string for each `*`, one for `**`,
 * and two for a final `>`, which is `*.**`. As in the normal form, several `**` in a row count
 * once. If the compiler does not know a segment, it does not know the number of strings either.
 * @example
 * const params: Params<'room.*.msg.**'> = ['7', 'new.today'] // readonly [string, string]
 */
export type Params<Pattern extends string> = string extends Pattern
  ? readonly string[]
  : readonly [...Captures<Pattern, [], []>]

/**
 * Iterates over the segments. `Open` holds the capture of the `**` in the current row of wildcards,
 * if there is one. `Found` is an accumulator, so that long patterns stay within the compiler's
 * depth.
 */
type Captures<
  Rest extends string,
  Open extends string[],
  Found extends string[],
> = Rest extends `${infer Segment}.${infer More}`
  ? Segment extends '*'
    ? Captures<More, Open, [...Found, string]>
    : Segment extends '**'
      ? Captures<More, [string], Found>
      : Captures<More, [], [...Found, ...Open, ...Literal<Segment>]>
  : Rest extends '*'
    ? [...Found, ...Open, string]
    : Rest extends '**' | '#'
      ? [...Found, string]
      : Rest extends '>'
        ? [...Found, string, string]
        : [...Found, ...Open, ...Literal<Rest>]

/** A segment of unknown text may hold any number of wildcards. */
type Literal<Segment extends string> = Record<never, never> extends Record<Segment, 1> ? string[] : []
