import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '../../..')

it('runs in Jest, with modules, with jsdom and React, and under its fake timers', async () => {
  const run = promisify(execFile)
  await run(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'packages/testing'], { cwd: root })
  const jest = path.join(root, 'node_modules/jest/bin/jest.js')
  const config = path.join(root, 'packages/testing/jest/jest.config.json')
  const words = ['--experimental-vm-modules', jest, '--config', config, '--json', '--silent']
  const { stdout } = await run(process.execPath, words, { cwd: path.dirname(config) })
  expect(JSON.parse(stdout)).toMatchObject({ success: true, numPassedTests: 3, numTotalTests: 3 })
})
