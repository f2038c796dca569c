import { Component, type ComponentChildren, type FunctionComponent } from 'preact';

/** Draws `view` again only when `same` says that something changed. */
export function memo<Props extends object>(
  view: (props: Props) => ComponentChildren,
  same: (before: Props, after: Props) => boolean,
): FunctionComponent<Props> | (new (props: Props) => Component<Props>) {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      return !same(this.props, next);
    }
    render(props: Props): ComponentChildren {
      return view(props);
    }
  };
}
