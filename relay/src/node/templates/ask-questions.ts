import { createInterface } from 'node:readline/promises'
import type { Project, TemplateAnswers, TemplateQuestion } from './template.js'

export interface AskOptions {
  /** The values of the flags. */
  readonly given: Readonly<Record<string, string | undefined>>
  readonly project: Project
  /** Whether a user can answer; otherwise the default answers are used. */
  readonly interactive: boolean
}

/**
 * Returns the answers of the flags, else of the terminal, else the default ones.
 * @throws {Error} naming the flag
 */
export async function askQuestions(
  questions: readonly TemplateQuestion[],
  { given, project, interactive }: AskOptions,
): Promise<TemplateAnswers> {
  const answers: Record<string, string> = {}
  for (const question of questions) {
    const { key, about, standard } = question
    const usual = typeof standard === 'string' ? standard : standard.of(project, answers)
    const refuse = (answer: string): string | undefined => question.refuse?.(answer, project)
    const answer = given[key] ?? (interactive ? await prompt(about, usual, refuse) : usual)
    const why = refuse(answer)
    if (why !== undefined) throw new Error(`--${key}: ${why}`)
    answers[key] = answer
  }
  return answers
}

async function prompt(about: string, usual: string, refuse: (answer: string) => string | undefined): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    for (;;) {
      const answer = (await terminal.question(`${about} (${usual}): `)).trim() || usual
      const why = refuse(answer)
      if (why === undefined) return answer
      process.stderr.write(`${why}\n`)
    }
  } finally {
    terminal.close()
  }
}
