import { createInterface } from 'node:readline/promises'
import type { Question } from './template.js'

/** The answers that flags give; the others are asked for where somebody can answer, else they are the usual ones. */
export async function ask(
  questions: readonly Question[],
  given: Readonly<Record<string, string | undefined>>,
  interactive: boolean,
): Promise<Readonly<Record<string, string>>> {
  const answers: Record<string, string> = {}
  for (const question of questions) {
    const flag = given[question.key]
    const why = flag === undefined ? undefined : question.refuse?.(flag)
    if (why !== undefined) throw new Error(`--${question.key}: ${why}`)
    answers[question.key] = flag ?? (interactive ? await prompt(question) : question.standard)
  }
  return answers
}

async function prompt({ about, standard, refuse }: Question): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    for (;;) {
      const answer = (await terminal.question(`${about} (${standard}): `)).trim() || standard
      const why = refuse?.(answer)
      if (why === undefined) return answer
      process.stderr.write(`${why}\n`)
    }
  } finally {
    terminal.close()
  }
}
