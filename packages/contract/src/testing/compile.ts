import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../../../..')

/** An error of the compiler. */
export interface Diagnostic {
  readonly line: number
  readonly text: string
}

/**
 * Compiles a program with the settings of this repository, and returns the errors. Its imports are
 * relative to `src`.
 */
export function compile(lines: readonly string[]): readonly Diagnostic[] {
  const folder = mkdtempSync(path.join(root, 'node_modules/.wildcast-types-'))
  try {
    const src = path.relative(folder, path.resolve(import.meta.dirname, '..'))
    writeFileSync(path.join(folder, 'program.ts'), lines.join('\n').replaceAll("from './", `from '${src}/`))
    writeFileSync(
      path.join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: '../../scripts/tsconfig.json',
        compilerOptions: { rootDir: '../..', noUnusedLocals: false },
        include: [],
        files: ['program.ts'],
      }),
    )
    const compiler = path.join(root, 'node_modules/typescript/bin/tsc')
    const { stdout } = spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], { encoding: 'utf8' })
    return diagnosticsIn(stdout)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Joins the indented lines that explain an error to it. */
function diagnosticsIn(output: string): readonly Diagnostic[] {
  return output
    .split(/\n(?! )/)
    .filter((text) => text !== '')
    .map((text) => {
      const [, line, message] = /program\.ts\((\d+),\d+\): error TS\d+: (.*)$/s.exec(text) ?? []
      return { line: Number(line), text: message?.trim() ?? text }
    })
}
