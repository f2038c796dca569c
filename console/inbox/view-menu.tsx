import { Menu, UnstyledButton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type View, views } from '../live/conversation-list.ts';
import classes from './conversation-list.module.css';
import { ViewCount } from './view-nav.tsx';

/** The views as a menu, where the rail is too narrow to list them. */
export function ViewMenu({ view }: { view: View }) {
  const navigate = useNavigate();
  const label = views.find(({ id }) => id === view)?.label;
  return (
    <Menu position="bottom-start" width={220}>
      <Menu.Target>
        <UnstyledButton className={classes.viewButton} aria-label={`View: ${label}`}>
          {label}
          <IconChevronDown size={16} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {views.map(({ id, label: name }) => (
          <Menu.Item
            key={id}
            aria-current={id === view}
            rightSection={<ViewCount view={id} />}
            onClick={() =>
              void navigate({
                to: '/inbox/{-$conversationId}',
                params: (previous) => previous,
                search: { view: id === 'queue' ? undefined : id },
              })
            }
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
