import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Router } from 'express';
import { routeNamed } from '../locals.ts';
import { answerNotFound } from '../problems.ts';
import { allowPage } from '../security-headers.ts';
import { plainFiles } from './static-files.ts';

const packageFile = createRequire(import.meta.url).resolve('swagger-ui-dist/package.json');
const swaggerFiles = pathToFileURL(`${dirname(packageFile)}/`);

/** The OpenAPI document in Swagger UI, served from here: no other server is asked. */
export function apiDocs(): Router {
  const router = Router();
  router.use(routeNamed('/api/docs/*'));
  router.get('/', (req, res) => {
    const nonce = allowPage(res, { host: req.headers.host, frameAncestors: ["'none'"] });
    res.setHeader('Cache-Control', 'no-store');
    res.type('html').send(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Parley API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
<link rel="icon" href="/api/docs/favicon-32x32.png">
<script src="/api/docs/swagger-ui-bundle.js" defer></script>
<script nonce="${nonce}">
  addEventListener('DOMContentLoaded', () => {
    SwaggerUIBundle({ url: '/api/v1/openapi.json', dom_id: '#docs', deepLinking: true, validatorUrl: null });
  });
</script>
</head>
<body><div id="docs"></div></body>
</html>
`);
  });
  router.use(plainFiles(swaggerFiles, '1h'), answerNotFound);
  return router;
}
