// The steps of `npm run check` and `npm test`. Each tells how many of its tests passed and failed.
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { checkPackages } from './packages.js'
import { run, tool } from './run.js'

const out = mkdtempSync(path.join(tmpdir(), 'wildcast-test-'))

/** A command that counts as one test. */
const command = (name, words) => ({ name, run: () => attempt(() => run(words)) })

function attempt(work) {
  try {
    work()
    return { passed: 1, failed: 0 }
  } catch (error) {
    console.error(error.message)
    return { passed: 0, failed: 1 }
  }
}

/** A Vitest run over some projects of vite.config.ts. */
function vitest(...projects) {
  const report = path.join(out, `${projects[0]}.json`)
  const words = tool('vitest/vitest.mjs', 'run', ...projects.flatMap((name) => ['--project', name]))
  return counted(
    projects.join(', '),
    [...words, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    () => {
      const { numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests } = JSON.parse(
        readFileSync(report, 'utf8'),
      )
      // A file that can't be loaded has failed without a test of its own; what was skipped has not
      // passed.
      const broken = numFailedTests === 0 ? numFailedTestSuites : 0
      return { passed: numPassedTests, failed: numFailedTests + numPendingTests + broken }
    },
  )
}

/** A Playwright run in a folder. */
function playwright(name, folder) {
  const report = path.join(out, `${name}.json`)
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report }
  const config = `${folder}/playwright.config.ts`
  return counted(
    name,
    tool('@playwright/test/cli.js', 'test', '--config', config, '--reporter=list,json'),
    () => {
      const { stats, errors } = JSON.parse(readFileSync(report, 'utf8'))
      return { passed: stats.expected, failed: stats.unexpected + stats.flaky + stats.skipped + errors.length }
    },
    { env },
  )
}

/**
 * A runner whose report is read even where it failed; without a report, or with one that hides the
 * failure, the step has failed.
 */
function counted(name, words, read, options) {
  return {
    name,
    run() {
      const { failed: broken } = attempt(() => run(words, options))
      try {
        const counts = read()
        return broken && counts.failed === 0 ? { ...counts, failed: 1 } : counts
      } catch (error) {
        console.error(error.message)
        return { passed: 0, failed: 1 }
      }
    },
  }
}

export const checks = [
  command('build', tool('typescript/bin/tsc', '-b')),
  command('lint, format and import boundaries', tool('@biomejs/biome/bin/biome', 'check', '.')),
  command('types of sources and tests', tool('typescript/bin/tsc', '-p', 'scripts/tsconfig.json')),
  command('structure', [process.execPath, 'scripts/structure.js']),
  vitest('unit', 'heavy', 'types'),
  command('examples', [process.execPath, 'scripts/examples.js']),
  command('byte budget', [process.execPath, 'scripts/bytes.js']),
]

export const tests = [
  ...checks,
  vitest('browser'),
  { name: 'packages', run: () => checkPackages() },
  command('demo build', tool('vite/bin/vite.js', 'build', '--logLevel', 'warn')),
  playwright('browser end to end', 'e2e'),
  playwright('README as pasted', 'e2e/readme'),
]

/**
 * Runs steps one after the other, all of them, and ends the process with the sum as its last line.
 */
export async function runSteps(steps) {
  const sum = { passed: 0, failed: 0 }
  for (const step of steps) {
    console.log(`\n— ${step.name}`)
    const begun = performance.now()
    const { passed, failed } = await step.run()
    console.log(
      `— ${step.name}: ${passed} passed, ${failed} failed (${((performance.now() - begun) / 1000).toFixed(1)} s)`,
    )
    sum.passed += passed
    sum.failed += failed
  }
  console.log(`\n${sum.passed} passed, ${sum.failed} failed`)
  process.exitCode = sum.failed === 0 ? 0 : 1
}
