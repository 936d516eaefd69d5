import { Icon } from './icon.js'

/** A refusal in the SDK's words. */
export interface Refusal {
  readonly code: string
  readonly message: string
}

/** Returns the code and the words of an error; an error in the arguments has no code. */
export function refusalOf(cause: unknown): Refusal {
  const { name, message } = cause instanceof Error ? cause : new Error(String(cause))
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : name
  return { code, message }
}

/** The refusal of a subject belongs to its field. */
export function subjectRefusal(refusal: Refusal | undefined): string | undefined {
  return refusal?.code === 'invalid_subject' ? refusal.message : undefined
}

/** Shows a refusal. */
export function Problem({ refusal, hint }: { readonly refusal: Refusal; readonly hint?: string | undefined }) {
  return (
    <div className="flex gap-2 rounded-lg border border-bad/40 bg-bad/5 px-3 py-2 text-sm">
      <Icon name="warning" className="mt-0.5 size-4 text-bad" />
      <div className="min-w-0">
        <p className="break-words">
          <code className="mr-2 font-mono text-bad text-xs">{refusal.code}</code>
          {refusal.message}
        </p>
        {hint && <p className="mt-1 text-quiet text-xs">{hint}</p>}
      </div>
    </div>
  )
}
