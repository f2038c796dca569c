import { SegmentedControl } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Page } from '../ui/page.tsx';
import { AnswerTest } from './answer-test.tsx';
import { Evaluation } from './evaluation.tsx';
import classes from './quality.module.css';
import { isQualityTab, type QualityTab, qualityTabs } from './quality-tabs.ts';
import { SearchTest } from './search-test.tsx';

const leads: Record<QualityTab, string> = {
  answer: 'Ask as a customer would. Nothing here is stored or sent to anyone.',
  search: 'Ask as a customer would, and see what is found and why. Only what you add to the evaluation is kept.',
  evaluation: 'Questions whose right answers are known. Run them after a change to see what it did to the search.',
};
const contents = { answer: AnswerTest, search: SearchTest, evaluation: Evaluation };

/** What would be found, what would be answered, and how good that is; nothing of it reaches a customer. */
export function QualityPage() {
  const { tab = 'answer' } = useSearch({ from: '/app/quality' });
  const navigate = useNavigate();
  const Content = contents[tab];
  return (
    <Page title="Quality">
      <div className={classes.page}>
        <p className={classes.lead}>{leads[tab]}</p>
        <SegmentedControl
          className={classes.tabs}
          value={tab}
          onChange={(value) => {
            if (isQualityTab(value)) void navigate({ to: '/quality', search: { tab: value } });
          }}
          data={[...qualityTabs]}
          aria-label="What to try"
        />
        <Content />
      </div>
    </Page>
  );
}
