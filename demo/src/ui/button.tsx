import type { ComponentProps } from 'react'
import { Icon, type IconName } from './icon.js'

interface ButtonProps extends ComponentProps<'button'> {
  readonly icon?: IconName
  /** The main action of a form. */
  readonly isMain?: boolean
}

/** The classes of a button, for links that look like one. */
export function buttonLook(isMain = false): string {
  const colors = isMain
    ? 'border-transparent bg-brand-deep text-on-brand disabled:bg-raised disabled:text-quiet'
    : 'border-line bg-panel text-text hover:bg-raised aria-pressed:border-warn aria-pressed:text-warn'
  return `flex h-9 shrink-0 items-center justify-center gap-2 rounded-lg border px-3 font-medium text-sm
    transition-colors touch:h-11 ${colors}`
}

/** A button with a text. */
export function Button({ icon, isMain = false, children, type = 'button', ...rest }: ButtonProps) {
  return (
    <button {...rest} type={type} className={buttonLook(isMain)}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  )
}
