// The steps of `npm run check` and `npm test`. Each returns how many of its tests passed and
// failed.
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buildDemo } from './build-demo.js'
import { checkPackages } from './packages.js'
import { run, tool } from './run.js'

const out = mkdtempSync(path.join(tmpdir(), 'wildcast-test-'))

/** Returns a step that runs a command and counts as one test. */
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

/** Returns a step that runs some Vitest projects of vite.config.ts. */
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
      // A file that can't be loaded has failed without a failed test; skipped tests have not
      // passed.
      const broken = numFailedTests === 0 ? numFailedTestSuites : 0
      return { passed: numPassedTests, failed: numFailedTests + numPendingTests + broken }
    },
  )
}

/** Returns a step that runs the Playwright tests of a folder. */
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
 * Returns a step whose report is read even if its runner fails. Without a report, or if the report
 * has no failure then, the step has failed.
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
  command('plain English', [process.execPath, 'scripts/prose.js']),
  vitest('unit', 'heavy', 'types'),
  command('examples', [process.execPath, 'scripts/examples.js']),
  command('known vulnerabilities (npm audit)', [process.execPath, 'scripts/audit.js']),
  command('byte budget', [process.execPath, 'scripts/bytes.js']),
]

export const tests = [
  ...checks,
  vitest('browser', 'react18'),
  { name: 'packages', run: () => checkPackages() },
  { name: 'demo build', run: () => attempt(buildDemo) },
  playwright('browser end to end', 'e2e'),
  playwright('README as pasted', 'e2e/readme'),
]

/** Runs all steps one after the other, and prints the sum as the last line. */
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
