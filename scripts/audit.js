// `npm audit` as a test: fails if a package has a known vulnerability. A registry that can't be
// asked, as without a network, is reported and is no failure.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { npm, root } from './needs.js'

/** How long the registry may take, in milliseconds. */
const patienceMs = 60_000

const [program, ...words] = npm('audit', '--json', '--fetch-retries=0', `--fetch-timeout=${patienceMs / 2}`)

/** The output of npm, with any exit code. */
const output = await promisify(execFile)(program, words, { cwd: root, timeout: patienceMs, maxBuffer: 2 ** 26 }).then(
  ({ stdout }) => stdout,
  ({ stdout }) => stdout ?? '',
)

const report = reportOf(output)
if (!report?.vulnerabilities) console.log(`not checked: the registry can't be asked (${whyOf(report)})`)
else {
  const found = Object.values(report.vulnerabilities)
  for (const { name, severity, range } of found) console.error(`${name} ${range}: ${severity}`)
  console.log(`${found.length} packages with a known vulnerability`)
  if (found.length > 0) console.error('run "npm audit" for the remedies')
  process.exitCode = found.length === 0 ? 0 : 1
}

function reportOf(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function whyOf(report) {
  return report?.message ?? report?.error?.summary ?? 'npm gave no report'
}
