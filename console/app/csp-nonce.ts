/**
 * The nonce that the server wrote into this page. Style elements made at run time (Mantine, CodeMirror, the scroll lock
 * of dialogs) carry it, as the content-security-policy allows no other inline style.
 */
export const cspNonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

declare global {
  interface Window {
    /** Read by get-nonce, which the scroll lock uses. */
    __webpack_nonce__?: string;
  }
}
window.__webpack_nonce__ = cspNonce;
