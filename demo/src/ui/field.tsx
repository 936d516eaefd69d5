import { type ComponentProps, type ReactNode, useId } from 'react'
import { Icon } from './icon.js'

const look = `w-full rounded-lg border border-line bg-ink px-3 text-sm transition-colors focus:border-brand
  aria-invalid:border-bad touch:text-base`

interface FieldProps {
  readonly label: string
  /** Shown below the input. */
  readonly hint?: ReactNode
  /** Why the input is refused. */
  readonly error?: string | undefined
}

/** A line of text with its label. */
export function Field({ label, hint, error, ...rest }: FieldProps & ComponentProps<'input'>) {
  const id = useId()
  return (
    <Labelled id={id} label={label} hint={hint} error={error}>
      <input
        {...rest}
        id={id}
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-hint`}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        className={`h-9 font-mono touch:h-11 ${look}`}
      />
    </Labelled>
  )
}

/** Lines of text with their label. */
export function Area({ label, hint, error, ...rest }: FieldProps & ComponentProps<'textarea'>) {
  const id = useId()
  return (
    <Labelled id={id} label={label} hint={hint} error={error}>
      <textarea
        dir="auto"
        rows={4}
        {...rest}
        id={id}
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-hint`}
        spellCheck={false}
        className={`min-h-20 resize-y py-2 font-mono ${look}`}
      />
    </Labelled>
  )
}

/** One choice of a list. */
export function Select({ label, hint, error, children, ...rest }: FieldProps & ComponentProps<'select'>) {
  const id = useId()
  return (
    <Labelled id={id} label={label} hint={hint} error={error}>
      <div className="relative flex items-center">
        <select
          {...rest}
          id={id}
          aria-describedby={`${id}-hint`}
          className={`h-9 appearance-none pr-8 touch:h-11 ${look}`}
        >
          {children}
        </select>
        <Icon name="chevron" className="pointer-events-none absolute right-3 size-3.5 text-quiet" />
      </div>
    </Labelled>
  )
}

function Labelled({
  id,
  label,
  hint,
  error,
  children,
}: FieldProps & { readonly id: string; readonly children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <label htmlFor={id} className="font-medium text-quiet text-xs">
        {label}
      </label>
      {children}
      <p
        id={`${id}-hint`}
        aria-live="polite"
        className={`break-words text-xs empty:hidden ${error ? 'text-bad' : 'text-quiet'}`}
      >
        {error ?? hint}
      </p>
    </div>
  )
}
