import type { Look } from '../bridge.ts';
import { loaderWords } from '../words/en.ts';
import type { Settings } from './settings.ts';
import { shellStyles } from './shell-styles.ts';

const svgNames = 'http://www.w3.org/2000/svg';
const bubble = 'M3 20l1.3-3.9a9 8 0 1 1 3.4 2.9z';

/**
 * The launcher and the box of the panel, in a shadow root: the page's styles do not reach in, ours do not get out. Styles are
 * set by script, which also works on pages whose policy forbids inline ones.
 */
export function drawShell(settings: Settings, look: Look | undefined) {
  const make = (name: string) => document.createElement(name);
  const host = make('div');
  host.dataset.parley = '';
  host.style.cssText = 'all:initial!important';
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(shellStyles);
  root.adoptedStyleSheets = [sheet];

  const stage = make('div');
  const panel = make('div');
  const launcher = make('button');
  const badge = make('span');
  const svg = document.createElementNS(svgNames, 'svg');
  const path = document.createElementNS(svgNames, 'path');
  stage.className = 'stage';
  panel.className = 'at panel';
  launcher.className = 'at';
  launcher.ariaLabel = loaderWords.open;
  svg.setAttribute('viewBox', '0 0 24 24');
  path.setAttribute('d', bubble);
  svg.append(path);
  launcher.append(svg, badge);
  stage.append(panel, launcher);
  root.append(stage);

  const page = document.documentElement.style;
  let overflow: string | undefined;

  /** Under a full screen the page stands still. */
  function holdPage(hold: boolean): void {
    if (hold) overflow ??= page.overflow;
    if (overflow !== undefined) page.overflow = hold ? 'hidden' : overflow;
    if (!hold) overflow = undefined;
  }

  function setLook({ color, onColor, position }: Look): void {
    stage.style.setProperty('--color', color);
    stage.style.setProperty('--on-color', onColor);
    stage.dataset.side = position;
  }
  function setStyle({ dir, colorScheme }: Settings): void {
    stage.dir = dir;
    stage.style.colorScheme = 'light dark';
    // what is no scheme, such as `auto`, changes nothing
    stage.style.colorScheme = colorScheme;
  }
  if (look) setLook(look);
  setStyle(settings);
  // a script in the head may run before there is a body
  (document.body ?? document.documentElement).append(host);
  return {
    host,
    stage,
    launcher,
    panel,
    setLook,
    setStyle,
    setUnread({ badge: text, label }: { badge: string; label: string }): void {
      badge.textContent = text;
      launcher.ariaLabel = label;
    },
    /** The launcher stays, to close with, until the chat is `alive` and can be closed inside. */
    setOpen(open: boolean, fullscreen: boolean, alive: boolean): void {
      if (open) stage.dataset.open = alive ? 'alive' : '';
      else delete stage.dataset.open;
      holdPage(open && fullscreen);
    },
    setViewport({ offsetTop, height }: VisualViewport): void {
      stage.style.setProperty('--top', `${offsetTop}px`);
      stage.style.setProperty('--height', `${height}px`);
    },
    remove(): void {
      holdPage(false);
      host.remove();
    },
  };
}
