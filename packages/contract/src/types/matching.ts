/** The segments of a pattern or subject. */
type Row = readonly string[]

/**
 * Whether a pattern surely matches a subject. A segment of the subject that the compiler does not
 * know is matched by a wildcard only.
 */
export type Covers<Pattern extends Row, Subject extends Row> =
  IsKeptApart<Pattern, Subject> extends true ? false : CoversFrom<Pattern, Subject>

type CoversFrom<Pattern extends Row, Subject extends Row> = Pattern extends readonly [
  infer Own,
  ...infer Rest extends Row,
]
  ? Own extends '**'
    ? CoversFrom<Rest, Subject> extends true
      ? true
      : Subject extends readonly [string, ...infer More extends Row]
        ? CoversFrom<Pattern, More>
        : false
    : Subject extends readonly [infer Segment, ...infer More extends Row]
      ? Own extends '*'
        ? CoversFrom<Rest, More>
        : Segment extends Own
          ? CoversFrom<Rest, More>
          : false
      : false
  : Subject extends readonly []
    ? true
    : false

/** Whether a subject may match both patterns. */
export type Overlaps<One extends Row, Other extends Row> =
  IsKeptApart<One, Other> extends true ? false : IsKeptApart<Other, One> extends true ? false : OverlapsFrom<One, Other>

type OverlapsFrom<One extends Row, Other extends Row> = One extends readonly [infer Own, ...infer Rest extends Row]
  ? Own extends '**'
    ? OverlapsFrom<Rest, Other> extends true
      ? true
      : Other extends readonly [string, ...infer More extends Row]
        ? OverlapsFrom<One, More>
        : false
    : Other extends readonly [infer Segment, ...infer More extends Row]
      ? Segment extends '**'
        ? OverlapsFrom<One, More> extends true
          ? true
          : OverlapsFrom<Rest, Other>
        : CanBeEqual<Own, Segment> extends true
          ? OverlapsFrom<Rest, More>
          : false
      : false
  : Other extends readonly ['**', ...infer More extends Row]
    ? OverlapsFrom<One, More>
    : Other extends readonly []
      ? true
      : false

/** A segment may be a `*`, or known in part. */
type CanBeEqual<One, Other> = '*' extends One | Other
  ? true
  : One extends Other
    ? true
    : Other extends One
      ? true
      : false

/** No leading wildcard matches a reserved subject. */
type IsKeptApart<Pattern extends Row, Other extends Row> = Pattern[0] extends '*' | '**'
  ? Other[0] extends `$${string}` | `_${string}`
    ? true
    : false
  : false
