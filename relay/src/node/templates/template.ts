/** What `wildcast add` asks. */
export interface Question {
  /** Its flag is `--<key>`. */
  readonly key: string
  readonly about: string
  readonly standard: string
  /** Why an answer can't be taken; undefined where it can. */
  readonly refuse?: (answer: string) => string | undefined
}

/** The two forms of a configuration. */
export type Form = 'own' | 'original'

export interface Added {
  readonly name: string
  readonly form: Form
  readonly answers: Readonly<Record<string, string>>
}

/** A part of a project. */
export interface Template {
  readonly name: string
  readonly about: string
  readonly questions: readonly Question[]
  /** What is put at the end of a configuration in TOML. */
  readonly toml: (added: Added) => string
  /** Files beside it, by their paths. */
  readonly files?: (added: Added) => Readonly<Record<string, string>>
}

/** A text in TOML: JSON's escapes are its own. */
export function quoted(text: string): string {
  return JSON.stringify(text)
}
