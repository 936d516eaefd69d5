/** The segments of a pattern or subject. */
type Row = readonly string[]

/**
 * Whether a pattern surely matches a subject. A segment of the subject that the compiler does not
 * know is matched by a wildcard only.
 */
export type Covers<Pattern extends Row, Subject extends Row> = Pattern extends readonly [
  infer Own,
  ...infer Rest extends Row,
]
  ? Own extends '**'
    ? Covers<Rest, Subject> extends true
      ? true
      : Subject extends readonly [string, ...infer More extends Row]
        ? Covers<Pattern, More>
        : false
    : Subject extends readonly [infer Segment, ...infer More extends Row]
      ? Own extends '*'
        ? Covers<Rest, More>
        : Segment extends Own
          ? Covers<Rest, More>
          : false
      : false
  : Subject extends readonly []
    ? true
    : false

/** Whether a subject may match both patterns. */
export type Overlaps<One extends Row, Other extends Row> = One extends readonly [infer Own, ...infer Rest extends Row]
  ? Own extends '**'
    ? Overlaps<Rest, Other> extends true
      ? true
      : Other extends readonly [string, ...infer More extends Row]
        ? Overlaps<One, More>
        : false
    : Other extends readonly [infer Segment, ...infer More extends Row]
      ? Segment extends '**'
        ? Overlaps<One, More> extends true
          ? true
          : Overlaps<Rest, Other>
        : CanBeEqual<Own, Segment> extends true
          ? Overlaps<Rest, More>
          : false
      : false
  : Other extends readonly ['**', ...infer More extends Row]
    ? Overlaps<One, More>
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
