/** For each `*` of a pattern, what stands in its place. */
export type Params<Pattern extends string> = Pattern extends `${infer Segment}.${infer Rest}`
  ? [...Param<Segment>, ...Params<Rest>]
  : Param<Pattern>

type Param<Segment extends string> = Segment extends '*' ? [segment: string] : []

/**
 * The subject that a pattern becomes when each `*` is filled.
 * @throws {TypeError} where there are not as many params as `*`, where one is no single segment, or where the pattern has a wildcard that can't be filled
 * @example fill('room.*.msg', ['42']) // 'room.42.msg'
 */
export function fill(pattern: string, params: readonly string[]): string {
  const wanted = pattern.split('.').filter((segment) => segment === '*').length
  if (params.length !== wanted)
    throw new TypeError(`"${pattern}" takes ${wanted} params, one for each "*", and was given ${params.length}`)
  let next = 0
  return pattern
    .split('.')
    .map((segment) => {
      if (segment === '**' || segment === '>' || segment === '#')
        throw new TypeError(`"${pattern}" can't be published to: "${segment}" stands for any number of segments`)
      return segment === '*' ? oneSegment(params[next++] as string, pattern) : segment
    })
    .join('.')
}

function oneSegment(param: string, pattern: string): string {
  if (param === '' || param.includes('.') || param.includes('*'))
    throw new TypeError(`${JSON.stringify(param)} is not one segment of "${pattern}": leave out dots and wildcards`)
  return param
}
