import type { Paint } from '../screen/paint.js'
import type { Finding, FindingLevel } from './finding.js'

const marks: Readonly<Record<FindingLevel, readonly [mark: string, paint: keyof Paint]>> = {
  ok: ['ok     ', 'good'],
  note: ['note   ', 'weak'],
  warning: ['warning', 'warning'],
  error: ['error  ', 'bad'],
}

/** The findings by area, each with its remedy, and their number. */
export function doctorText(findings: readonly Finding[], paint: Paint): string {
  const areas = [...new Set(findings.map(({ area }) => area))]
  const sections = areas.map((area) => {
    const lines = findings.filter((one) => one.area === area).map((one) => lineOf(one, paint))
    return `${paint.strong(area)}\n${lines.join('')}`
  })
  return `${sections.join('\n')}\n${countOf(findings, 'error')}, ${countOf(findings, 'warning')}\n`
}

function lineOf({ level, message, remedy }: Finding, paint: Paint): string {
  const [mark, color] = marks[level]
  // Without control characters, which a terminal would obey: a server may have sent them.
  const shown = message.replace(/\p{C}/gu, '?')
  return `  ${paint[color](mark)} ${shown}\n${remedy === undefined ? '' : `          → ${remedy}\n`}`
}

function countOf(findings: readonly Finding[], level: FindingLevel): string {
  const count = findings.filter((one) => one.level === level).length
  return `${count} ${level}${count === 1 ? '' : 's'}`
}
