import type { InputHTMLAttributes, ReactNode } from 'react'

type Props = Omit<InputHTMLAttributes<HTMLInputElement>, 'type'> & { readonly label?: string }

/** The browser's own box to tick, in our colours; without a label it needs an `aria-label`. */
export function CheckBox({ label, ...rest }: Props): ReactNode {
  const box = <input type="checkbox" {...rest} />
  return label === undefined ? (
    <span className="check-box">{box}</span>
  ) : (
    <label className="check-box">
      {box}
      {label}
    </label>
  )
}
